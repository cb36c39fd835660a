"""Park workbooks as xlsx: template, layout, safety, reading."""
