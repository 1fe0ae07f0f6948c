"""Builds self-contained HTML pages: elements, drawings as inline SVG, and one style sheet.

The run report, the board and the analysis of data use it. It is deployed with a function and with
the code of jobs, so it imports only the standard library and itself.
"""
