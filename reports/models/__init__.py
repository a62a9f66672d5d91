from reports.models.categories import Category, CategoryGroup, CrimeClass
from reports.models.contacts import ContactAccess, ReportContact
from reports.models.events import EventKind, ReportEvent, ReportPhoto
from reports.models.hotspots import Hotspot
from reports.models.reports import Handover, Precision, Priority, Privacy, Report, Source

__all__ = [
    "Category",
    "CategoryGroup",
    "ContactAccess",
    "CrimeClass",
    "EventKind",
    "Handover",
    "Hotspot",
    "Precision",
    "Priority",
    "Privacy",
    "Report",
    "ReportContact",
    "ReportEvent",
    "ReportPhoto",
    "Source",
]
