from django.db import migrations

#: As it was on the day of this migration.
SECTOR_OF = {
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
#: Codes of 国民经济行业 begin with the letter of a section; those of the city's plan are written small.
OLD = r"^[a-z]"


def name_sectors(apps, schema_editor):
    """The form asked for 国民经济行业 and offered the industries of the city's plan."""
    contracts = apps.get_model("deals", "Contract").objects.filter(industry__regex=OLD)
    for industry, sector in SECTOR_OF.items():
        contracts.filter(industry=industry).update(industry=sector)
    contracts.update(industry="")


class Migration(migrations.Migration):

    dependencies = [
        ("deals", "0004_under_review"),
    ]

    operations = [
        migrations.RunPython(name_sectors, migrations.RunPython.noop),
    ]
