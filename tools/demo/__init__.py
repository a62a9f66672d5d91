"""Invented rows for trying the site out, loaded by `manage.py load_demo` in this order.

1. accounts.py: who signs in.
2. patrol_plans.py, patrol_setting.py, patrol_nights.py: groups and schedules as tables, their
   rows, and ninety nights of duties.
3. report_plans.py, report_setting.py, reports.py, report_cases.py: what is reported where as
   tables, who works on it, 2,000 reports, and what became of each.

phrases.py and its CSV file hold every text. The same seed makes the same rows.
"""
