"""The promised columns for a portfolio of ASoft partners, in SQL by hand."""

import sys

import duckdb

source, output = sys.argv[1:]
database = duckdb.connect()
database.execute(f"""
COPY (
WITH c AS (SELECT partner, tier,
  it_company AND technical_base AND trained_specialists AND registered_on_site AND accession_agreement_signed AND licence_agreement_signed AS joined,
  certified_admins >= 2 AS staff, marketing_activities>=1 AS marketing,
  implementations = 0 OR 2*customer_reviews >= implementations AS reviewed,
  announces_participation AS announced, isolation_module_purchased AS isolation,
  rental_licences >= greatest(1, licences_rented_out) AS rental, extended_support_paid AS support,
  bonus_requested AS req,
  CASE WHEN implementations > 0 AND 4*customer_reviews > 3*implementations THEN 5 WHEN NOT (implementations > 0 AND 4*customer_reviews > 3*implementations) THEN 0 END AS b_reviews,
  sales_plan_agreed AND sales_plan_fulfilled AS plan,
  CASE WHEN certified_admins > 2 THEN 2.5 WHEN certified_admins <= 2 THEN 0 END AS b_extra,
  CASE WHEN own_events_held >= 1 THEN 2.5 WHEN own_events_held IS NULL THEN NULL WHEN asoft_events_attended >= 1 THEN 1 WHEN asoft_events_attended < 1 THEN 0 END AS b_events
 FROM read_parquet('{source}')),
d AS (SELECT partner, tier, joined AS q_retail, joined AND staff AND marketing AND reviewed AND announced AS q_competency,
  joined AND staff AND isolation AND rental AND support AND announced AS q_saas,
  CASE WHEN req THEN 10 + CASE WHEN plan THEN 10 WHEN NOT plan THEN 0 END + b_events ELSE 10 END AS u_retail,
  CASE WHEN req THEN 20 + b_reviews + CASE WHEN plan THEN 10 WHEN NOT plan THEN 0 END + b_extra + b_events ELSE 20 END AS u_competency,
  CASE WHEN req THEN 25 + b_reviews + CASE WHEN plan THEN 5 WHEN NOT plan THEN 0 END + b_extra + b_events ELSE 25 END AS u_saas
 FROM c),
e AS (SELECT *, CASE tier WHEN 'retail' THEN q_retail WHEN 'competency' THEN q_competency WHEN 'saas' THEN q_saas END AS q,
  CASE tier WHEN 'retail' THEN u_retail WHEN 'competency' THEN u_competency WHEN 'saas' THEN u_saas END AS u FROM d)
SELECT partner, tier, CASE WHEN tier IS NULL THEN NULL WHEN q THEN 'qualified' WHEN NOT q THEN 'not_qualified' ELSE 'undetermined' END AS status,
 CASE tier WHEN 'retail' THEN 10 WHEN 'competency' THEN 20 WHEN 'saas' THEN 25 END AS discount_base,
 u AS discount_uncapped, CASE WHEN q AND u IS NOT NULL THEN least(u,40) WHEN NOT q THEN 0 END AS discount_total,
 CASE WHEN q_retail THEN 'qualified' WHEN NOT q_retail THEN 'not_qualified' ELSE 'undetermined' END AS status_retail,
 CASE WHEN u_retail IS NOT NULL THEN least(u_retail,40) END AS discount_total_retail,
 CASE WHEN q_competency THEN 'qualified' WHEN NOT q_competency THEN 'not_qualified' ELSE 'undetermined' END AS status_competency,
 CASE WHEN u_competency IS NOT NULL THEN least(u_competency,40) END AS discount_total_competency,
 CASE WHEN q_saas THEN 'qualified' WHEN NOT q_saas THEN 'not_qualified' ELSE 'undetermined' END AS status_saas,
 CASE WHEN u_saas IS NOT NULL THEN least(u_saas,40) END AS discount_total_saas
FROM e) TO '{output}' (FORMAT parquet)
""")
