"""Labels of Eurostat's data browser -> the codes its API uses.

Needed because some exports hold labels in place of codes. Read in the same dataset's SDMX address or in an
export that prints both, unless marked *guess*: not confirmed, check against a live answer.
"""

from __future__ import annotations

#: code list per dimension; a label that is missing here is an error, never a silent loss
CODES: dict[str, dict[str, str]] = {
    "freq": {"Annual": "A", "Monthly": "M"},
    "sex": {"Total": "T", "Males": "M", "Females": "F"},
    "unit": {"Percentage": "PC", "Euro": "EUR", "Rating (0-10)": "RTG", "Person": "PER"},
    "age": {"16 years or over": "Y_GE16", "18 years or over": "Y_GE18"},
    # TOTAL is seen in tps00171, the sister of tps00170
    "reason": {"Total": "TOTAL"},
    "duration": {"Total": "TOTAL"},
    "citizen": {
        "Total": "TOTAL",
        "Reporting country": "NAT",
        "Foreign country": "FOR",
        "EU27 countries (from 2020) except reporting country": "EU27_2020_FOR",
        "Non-EU27 countries (from 2020) nor reporting country": "NEU27_2020_FOR",
        "EU28 countries (2013-2020) except reporting country": "EU28_FOR",
        "Non-EU28 countries (2013-2020) nor reporting country": "NEU28_FOR",
    },
    # guess: VGOOD is seen in use for hlth_silc_01, the joint levels are not
    "lev_perc": {
        "Very good or good": "VG_G",
        "Very good": "VGOOD",
        "Good": "GOOD",
        "Fair": "FAIR",
        "Bad": "BAD",
        "Very bad": "VBAD",
        "Bad or very bad": "B_VB",
    },
    "indic_il": {"Median equivalised net income": "MED_E"},  # guess
    "indic_de": {"Population on 1 January - total": "JAN"},  # guess
    "domain": {"Legal system": "LEG", "Political system": "POLIT", "Police": "POLC"},
    "statinfo": {"Average": "AVG"},
    "isced11": {
        "All ISCED 2011 levels": "TOTAL",
        "Less than primary, primary and lower secondary education (levels 0-2)": "ED0-2",
        "Upper secondary and post-secondary non-tertiary education (levels 3 and 4)": "ED3_4",
        "Short-cycle tertiary education and Bachelor's or equivalent level (levels 5 and 6)": "ED5_6",
    },
    "geo": {
        "Albania": "AL", "Andorra": "AD", "Armenia": "AM", "Austria": "AT", "Azerbaijan": "AZ",
        "Belarus": "BY", "Belgium": "BE", "Bosnia and Herzegovina": "BA", "Bulgaria": "BG", "Croatia": "HR",
        "Cyprus": "CY", "Czechia": "CZ", "Denmark": "DK", "Estonia": "EE", "Finland": "FI", "France": "FR",
        "Georgia": "GE", "Germany": "DE", "Greece": "EL", "Hungary": "HU", "Iceland": "IS", "Ireland": "IE",
        "Italy": "IT", "Kosovo*": "XK", "Latvia": "LV", "Liechtenstein": "LI", "Lithuania": "LT",
        "Luxembourg": "LU", "Malta": "MT", "Moldova": "MD", "Monaco": "MC", "Montenegro": "ME",
        "Netherlands": "NL", "North Macedonia": "MK", "Norway": "NO", "Poland": "PL", "Portugal": "PT",
        "Romania": "RO", "Russia": "RU", "San Marino": "SM", "Serbia": "RS", "Slovakia": "SK",
        "Slovenia": "SI", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "Türkiye": "TR",
        "Ukraine": "UA", "United Kingdom": "UK", "European Union - 27 countries (from 2020)": "EU27_2020",
        # aggregates that are no area of ours: known, and left out
        "European Union - 28 countries (2013-2020)": "EU28",
        "European Union - 27 countries (2007-2013)": "EU27_2007",
        "European Union (EU6-1958, EU9-1973, EU10-1981, EU12-1986, EU15-1995, EU25-2004, EU27-2007, "
        "EU28-2013, EU27-2020)": "EU",
        "Euro area (EA11-1999, EA12-2001, EA13-2007, EA15-2008, EA16-2009, EA17-2011, EA18-2014, EA19-2015, "
        "EA20-2023)": "EA",
        "Euro area – 20 countries (from 2023)": "EA20",
        "Euro area - 19 countries  (2015-2022)": "EA19",
        "Euro area - 18 countries (2014)": "EA18",
        "European Free Trade Association": "EFTA",
    },
}  # fmt: skip
