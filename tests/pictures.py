"""Small pictures made in memory, as a phone would send them."""

from io import BytesIO

from PIL import Image


def jpeg(size=(64, 48), colour=(120, 90, 60), name="foto.jpg"):
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, "JPEG")
    data.seek(0)
    data.name = name
    return data
