"""How people write numbers: regular expressions for numbers, units and factors."""

import re

__all__ = [
    "APOSTROPHES",
    "AROUND",
    "BARE",
    "BEHIND",
    "BRACKETS",
    "EXPONENT",
    "FACTOR_UNIT",
    "MINUS",
    "NO_CENTS",
    "SPACES",
    "UNUSUAL",
    "WITH_FACTOR",
    "WITH_UNIT",
]

CURRENCY = (
    r"[A-Z]{0,3}[$]|[€£¥₹₽₩₺₪฿₫₴₦]|EUR|USD|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK"
    r"|HUF|BRL|MXN|ZAR|Rs\.?|Fr\.?|kr\.?"
)
# One letter needs a blank before it, unless it is a common unit: 2B is a code.
LETTERS = r"[\p{L}µ°%‰][\p{L}µ°²³%‰/·^*.-]{1,14}[23]?(?:/[\p{L}]{1,5}[23]?)?"
UNIT = rf"{CURRENCY}|[%‰°gmlshd]| [\p{{L}}]|{LETTERS}(?: [\p{{L}}/²³]{{1,10}})?"
EXPONENT = r"(?:[eE][+-]?\d+)?"
BARE = rf"^[+-]?(?:\d[\d.,' ]*|[.,]\d+){EXPONENT}$"
WITH_UNIT = (
    rf"^(?P<minus>[+-]?) ?(?P<before>{CURRENCY})? ?(?P<sign>[+-]?) ?"
    rf"(?P<digits>(?:\d(?:[\d.,']| \d)*|[.,]\d+){EXPONENT})(?P<after> ?(?:{UNIT}))?$"
)
SPACES = "[\u00a0\u2007\u2009\u202f]"
MINUS = "[\u2010-\u2013\u2212\ufe63\uff0d]"
APOSTROPHES = "[\u2018\u2019\u02bc\u00b4`]"
# An amount without cents (100.–), a negative one in brackets, and a minus behind the number.
NO_CENTS = r"(\d)[.,][-—]{1,2}( \D*)?$"
BRACKETS = r"^\(([^-()]*\d[^-()]*)\)$"
BEHIND = r"^([^-+]*\d)-$"
AROUND = r"^\(.*\)$|-$"
UNUSUAL = r"`|\)$|-$|[.,]-"
FACTOR = r"[kKM]|(?i:Mio|Mill|Mrd|Tsd|mn|mln|bn)\.?|(?i:[mb]illion|thousand|lakh|crore)s?"
WITH_FACTOR = (
    rf"^[+-]?(?:{CURRENCY})? ?\d[\d.,' ]*(?: ?(?P<factor>{FACTOR}))?(?: ?(?:{CURRENCY}))?$"
)
FACTOR_UNIT = re.compile(rf"(?:{CURRENCY}) (?:{FACTOR})|(?:(?!.$)(?:{FACTOR}))(?: .*)?")
