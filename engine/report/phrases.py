"""The engine's own words in a report, in Russian and English; the programme's words come from its data."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("ru", "en")

_EN = {
    "on": "on {date}",
    "qualified": "qualified",
    "not_qualified": "not qualified",
    "undetermined": "undetermined",
    "no_tier": "a candidate: no tier signed for yet",
    "once_qualified": "{amount} once the requirements are met",
    "gives": "would give {amount}",
    "lacks": "lacks: {what}",
    "needs_facts": "to be decided by: {what}",
    "discount": "Discount",
    "base": "Tier discount",
    "uncapped": "Sum",
    "cap": "Not more than",
    "total": "Total",
    "in_price": "of it in the price",
    "in_kind": "of it taken in kind",
    "not_applied": "available, not applied",
    "unknown": "unknown",
    "requirements": "Requirements",
    "eligibility": "Eligibility and joining",
    "benefits": "Benefits",
    "rights": "Rights",
    "restrictions": "Restrictions",
    "missing_facts": "Missing facts",
    "other_tiers": "Other tiers",
    "tiers": "Tiers",
    "missing": "{amount} missing",
    "too_many": "{amount} too many",
    "of": "{value} of {threshold}",
    "value_and_threshold": "{value}, {threshold} needed",
    "fact_missing": "no value for {facts}",
    "reading": "Reading of {clause}: {text}",
}

_RU = {
    "on": "на {date}",
    "qualified": "соответствует уровню",
    "not_qualified": "не соответствует уровню",
    "undetermined": "пока не определено",
    "no_tier": "кандидат: уровень ещё не выбран",
    "once_qualified": "{amount} при выполнении требований",
    "gives": "даст {amount}",
    "lacks": "не хватает: {what}",
    "needs_facts": "зависит от сведений: {what}",
    "discount": "Скидка",
    "base": "Скидка уровня",
    "uncapped": "Сумма",
    "cap": "Не больше",
    "total": "Итого",
    "in_price": "из неё в цене",
    "in_kind": "из неё вне цены",
    "not_applied": "доступен, не применён",
    "unknown": "неизвестно",
    "requirements": "Требования",
    "eligibility": "Условия участия и присоединения",
    "benefits": "Преимущества",
    "rights": "Права",
    "restrictions": "Ограничения",
    "missing_facts": "Недостающие сведения",
    "other_tiers": "Другие уровни",
    "tiers": "Уровни",
    "missing": "не хватает {amount}",
    "too_many": "лишних {amount}",
    "of": "{value} из {threshold}",
    "value_and_threshold": "{value}, нужно {threshold}",
    "fact_missing": "нет значения: {facts}",
    "reading": "Как понимается {clause}: {text}",
}

PHRASES: Mapping[str, Mapping[str, str]] = {"en": _EN, "ru": _RU}
