"""The time zone in which a region's activity windows begin and end.

A window is made of local dates; the zone says at which instant a date begins there. A region with
several zones has "": there, the zone of the plant decides.
"""

from __future__ import annotations

_COUNTRIES = {
    "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul",
    "TW": "Asia/Taipei",
    "CN": "Asia/Shanghai",
    "HK": "Asia/Hong_Kong",
    "IN": "Asia/Kolkata",
    "SG": "Asia/Singapore",
    "PH": "Asia/Manila",
    "TH": "Asia/Bangkok",
    "VN": "Asia/Ho_Chi_Minh",
    "MY": "Asia/Kuala_Lumpur",
    "BD": "Asia/Dhaka",
    "LK": "Asia/Colombo",
    "PK": "Asia/Karachi",
    "KH": "Asia/Phnom_Penh",
    "LA": "Asia/Vientiane",
    "MM": "Asia/Yangon",
    "SA": "Asia/Riyadh",
    "AE": "Asia/Dubai",
    "TR": "Europe/Istanbul",
    "ZA": "Africa/Johannesburg",
    "NZ": "Pacific/Auckland",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "AT": "Europe/Vienna",
    "BE": "Europe/Brussels",
    "BG": "Europe/Sofia",
    "CH": "Europe/Zurich",
    "CY": "Asia/Nicosia",
    "CZ": "Europe/Prague",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "EE": "Europe/Tallinn",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GR": "Europe/Athens",
    "HR": "Europe/Zagreb",
    "HU": "Europe/Budapest",
    "IT": "Europe/Rome",
    "LT": "Europe/Vilnius",
    "LU": "Europe/Luxembourg",
    "LV": "Europe/Riga",
    "MT": "Europe/Malta",
    "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo",
    "PL": "Europe/Warsaw",
    "PT": "Europe/Lisbon",
    "RO": "Europe/Bucharest",
    "SE": "Europe/Stockholm",
    "SI": "Europe/Ljubljana",
    "SK": "Europe/Bratislava",
}
_PARTS = {
    "AU-NSW": "Australia/Sydney",
    "AU-ACT": "Australia/Sydney",
    "AU-VIC": "Australia/Melbourne",
    "AU-QLD": "Australia/Brisbane",
    "AU-SA": "Australia/Adelaide",
    "AU-TAS": "Australia/Hobart",
    "AU-WA": "Australia/Perth",
    "AU-NT": "Australia/Darwin",
    "CA-ON": "America/Toronto",
    "CA-QC": "America/Toronto",
    "CA-BC": "America/Vancouver",
    "CA-AB": "America/Edmonton",
    "CA-SK": "America/Regina",
    "CA-MB": "America/Winnipeg",
    "CA-NB": "America/Moncton",
    "CA-NS": "America/Halifax",
    "CA-PE": "America/Halifax",
    "CA-NL": "America/St_Johns",
    "CA-YT": "America/Whitehorse",
    "CA-NT": "America/Yellowknife",
    "US-CAMX": "America/Los_Angeles",
    "US-ERCT": "America/Chicago",
    "US-FRCC": "America/New_York",
    "US-HIMS": "Pacific/Honolulu",
    "US-HIOA": "Pacific/Honolulu",
    "US-AKGD": "America/Anchorage",
    "US-AKMS": "America/Anchorage",
    "US-NEWE": "America/New_York",
    "US-NYCW": "America/New_York",
    "US-NYLI": "America/New_York",
    "US-NYUP": "America/New_York",
    "US-RFCE": "America/New_York",
    "US-PRMS": "America/Puerto_Rico",
}


def zone_of(region: str) -> str:
    """The IANA name of the region's time zone; "" where it has several or is not known.

    ``region`` is a country or a part of one ("AU-WA-SWIS"): the part's own zone, else that of the
    part it lies in, else the country's.
    """
    while region:
        if region in _PARTS or region in _COUNTRIES:
            return _PARTS.get(region) or _COUNTRIES[region]
        region = wider(region)
    return ""


def wider(region: str) -> str:
    """The region that this one is a part of: "US" for "US-CAMX"; "" for a country."""
    return region.rpartition("-")[0]
