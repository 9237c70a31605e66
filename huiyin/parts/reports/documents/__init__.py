"""Papers of reports: data in, Word, PDF or a spreadsheet out. Pure."""

from huiyin.kernel.papers.paper import Paper
from huiyin.kernel.papers.typesetting import drawing_faces
from huiyin.kernel.papers.write_docx import paper_docx
from huiyin.kernel.papers.write_pdf import paper_pdf
from huiyin.parts.reports.documents.compose import report_paper, whole_paper
from huiyin.parts.reports.documents.content import ReportContent, WholeContent
from huiyin.parts.reports.documents.sheets import report_sheets, whole_sheets

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def report_file(content: ReportContent, extension: str) -> bytes:
    """Return a report as a file of TYPES. Raises DocumentFontMissing for a PDF without typefaces."""
    if extension == "xlsx":
        return report_sheets(content)
    return _set(report_paper(content), extension)


def whole_file(content: WholeContent, extension: str) -> bytes:
    """Return a day over a subtree as a file of TYPES. Raises DocumentFontMissing."""
    if extension == "xlsx":
        return whole_sheets(content)
    return _set(whole_paper(content, drawing_faces()), extension)


def _set(paper: Paper, extension: str) -> bytes:
    return paper_docx(paper) if extension == "docx" else paper_pdf(paper)
