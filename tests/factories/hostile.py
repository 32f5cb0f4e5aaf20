"""Files that are small to send and large to open."""

import io
import struct
import zlib

import pikepdf


def big_png(side: int, *, mode: int = 6) -> bytes:
    """A square picture of one colour: 7,000 × 7,000 points are 0.2 MB, and 196 MB decoded."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">L", len(data)) + body + struct.pack(">L", zlib.crc32(body))

    line = b"\0" + b"\x80" * (side * 4)
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    header = struct.pack(">LLBBBBB", side, side, 8, mode, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pdf_of_objects(count: int, **root: object) -> bytes:
    """A PDF of so many small objects, each nested three deep; keywords go into its catalogue."""
    document = pikepdf.new()
    document.add_blank_page()
    entries = [
        document.make_indirect(
            pikepdf.Dictionary(A=number, B=pikepdf.Array([1, 2, pikepdf.Dictionary(C="x")]))
        )
        for number in range(count)
    ]
    document.Root["/Stuff"] = document.make_indirect(pikepdf.Array(entries))
    for name, value in root.items():
        document.Root[f"/{name}"] = value
    buffer = io.BytesIO()
    document.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()
