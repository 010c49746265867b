"""XML as the files of samplers have it: indented, in UTF-8, with its declaration."""

import xml.etree.ElementTree as ET


def document(root: ET.Element) -> str:
    """Return an element and what it holds as the text of an XML file."""
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
