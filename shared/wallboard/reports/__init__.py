"""One file per report; each declares REPORT. A file whose name begins with an underscore is shared by several."""
