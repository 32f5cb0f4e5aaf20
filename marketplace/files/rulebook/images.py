"""Pictures: decoded and encoded anew, so that nothing but the picture is left of the file."""

import io
import warnings
from typing import IO

from django.utils.translation import gettext_lazy as _

from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.files.rulebook.refusal import Unfit

#: 5,000 万像素 is more than any camera or scanner an attachment comes from; decoded it is 200 MB.
MAX_PIXELS = 50_000_000
#: How the points of a picture may be kept; another way becomes the last of these.
_MODES = {"JPEG": ("L", "CMYK", "RGB"), "PNG": ("1", "L", "LA", "RGB", "RGBA")}


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
    # Decoded it may have 200 MB: no step keeps a second copy that it need not have.
    picture.load()
    ImageOps.exif_transpose(picture, in_place=True)
    kept = _MODES[image_format]
    plain = picture if picture.mode in kept else picture.convert(kept[-1])
    # What would be written out again: EXIF, comment, profile, text.
    plain.info = {}
    buffer = io.BytesIO()
    if image_format == "JPEG":
        plain.save(buffer, "JPEG", quality=90)
    else:
        plain.save(buffer, "PNG")
    return buffer.getvalue()
