# The rules of ../../program/1.0.0 for regorus, as one decision of a complete set of facts.
# One rule with local values and two functions: written with a rule for each value, it takes about 1.7 times as long.
package asoft

import rego.v1

decision := {
	"requirements": common,
	"tiers": {
		"retail": {
			"qualified": joined,
			"requirements": {},
			"base": 10,
			"bonuses": {"sales_plan": plan, "events": events},
			"uncapped": retail_sum,
			"total": min([40, retail_sum]),
		},
		"competency": {
			"qualified": all_met([joined, all_met(competency)]),
			"requirements": competency,
			"base": 20,
			"bonuses": {"reviews": reviews, "sales_plan": plan, "extra_specialists": specialists, "events": events},
			"uncapped": competency_sum,
			"total": min([40, competency_sum]),
		},
		"saas": {
			"qualified": all_met([joined, all_met(saas)]),
			"requirements": saas,
			"base": 25,
			"bonuses": {"reviews": reviews, "sales_plan": saas_plan, "extra_specialists": specialists, "events": events},
			"uncapped": saas_sum,
			"total": min([40, saas_sum]),
		},
	},
} if {
	# eligibility and joining: what every tier asks for
	common := {
		"it_company": input.it_company,
		"technical_base": input.technical_base,
		"trained_specialists": input.trained_specialists,
		"registration": input.registered_on_site,
		"accession": input.accession_agreement_signed,
		"licence_agreement": input.licence_agreement_signed,
	}
	joined := all_met(common)

	# the tiers' own requirements
	staff := input.certified_admins >= 2
	competency := {
		"staff": staff,
		"marketing": input.marketing_activities >= 1,
		"reviews": input.customer_reviews * 100 >= input.implementations * 50,
		"announcement": input.announces_participation,
	}
	saas := {
		"staff": staff,
		"isolation": input.isolation_module_purchased,
		"rental_licences": input.rental_licences >= max([1, input.licences_rented_out]),
		"extended_support": input.extended_support_paid,
		"announcement": input.announces_participation,
	}

	# bonuses
	reviews := worth(5, all_met([input.implementations > 0, input.customer_reviews * 100 > input.implementations * 75]))
	planned := all_met([input.sales_plan_agreed, input.sales_plan_fulfilled])
	plan := worth(10, planned)
	saas_plan := worth(5, planned)
	specialists := worth(2.5, input.certified_admins > 2)
	events := max([worth(2.5, input.own_events_held >= 1), worth(1, input.asoft_events_attended >= 1)])

	# sums
	applied := worth(1, input.bonus_requested)
	retail_sum := 10 + ((plan + events) * applied)
	competency_sum := 20 + ((((reviews + plan) + specialists) + events) * applied)
	saas_sum := 25 + ((((reviews + saas_plan) + specialists) + events) * applied)
}

all_met(conditions) := false if false in conditions else := true

worth(percent, earned) := percent if earned else := 0
