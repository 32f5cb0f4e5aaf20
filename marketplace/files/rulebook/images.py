"""Pictures: decoded and encoded anew, so that nothing but the picture is left of the file."""

import io
import warnings
from typing import IO

from django.utils.translation import gettext_lazy as _

from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.files.rulebook.refusal import Unfit

#: 5,000 万像素 is more than any camera or scanner an attachment comes from; decoded it is 200 MB.
MAX_PIXELS = 50_000_000


def clean(file: IO[bytes], image_format: str) -> bytes:
    """The picture upright, without EXIF (place, device) or anything hidden behind it.

    Raises Unfit when it is no picture of this format or has more than MAX_PIXELS.
    """
    file.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow warns at its own limit; ours is lower and refuses before decoding.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=(image_format,)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise Unfit(_("图片尺寸过大，请缩小后再上传"))
                return _encode(picture, image_format)
    except Image.DecompressionBombError as error:
        raise Unfit(_("图片尺寸过大，请缩小后再上传")) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit(_("图片已损坏，无法打开")) from error


def _encode(picture: Image.Image, image_format: str) -> bytes:
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    if image_format == "JPEG":
        plain = upright if upright.mode in {"L", "RGB", "CMYK"} else upright.convert("RGB")
    else:
        plain = (
            upright if upright.mode in {"1", "L", "LA", "RGB", "RGBA"} else upright.convert("RGBA")
        )
    # A fresh picture carries no metadata; `info` of the old one would be written out again.
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    buffer = io.BytesIO()
    if image_format == "JPEG":
        fresh.save(buffer, "JPEG", quality=90)
    else:
        fresh.save(buffer, "PNG")
    return buffer.getvalue()
