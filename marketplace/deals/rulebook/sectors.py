"""From the industries that the city plans in to 国民经济行业, which the registration form asks for."""

from collections.abc import Mapping

#: Only where the division is beyond doubt (GB/T 4754—2017): a guess in an official form is worse than a gap.
SECTOR_OF: Mapping[str, str] = {
    "it": "I",
    "it.software": "I65",
    "it.electronics": "C39",
    "materials.ceramics": "C30",
    "materials.nonmetal": "C30",
    "machinery.construction": "C35",
    "machinery.agri": "C35",
    "machinery.nev": "C36",
    "pharma": "C27",
    "pharma.chemical": "C27",
    "pharma.tcm": "C27",
    "pharma.bio": "C27",
    "pharma.device": "C35",
    "logistics": "G",
    "wood": "C20",
    "fertilizer": "C26",
    "agri": "A",
    "livelihood.eco": "N77",
}


def sector_of(industry: str) -> str:
    """The code of `economy` for one of `industry`; "" where several may be meant."""
    return SECTOR_OF.get(industry, "")
