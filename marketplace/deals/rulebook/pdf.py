"""Pages of contracts as PDF: see `kernel.pdf`."""

from marketplace.kernel.pdf import can_print, pdf_of

__all__ = ["can_print", "pdf_of"]
