"""Image files through the parsing process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from extractors.limits import Limits
from extractors.render import RawPage, inspect, render
from models.errors import DamagedFile, TooManyPages, TooManyPixels, TruncatedFile
from tests.reading import samples


def read(path: Path, data: bytes, limits: Limits | None = None) -> list[RawPage]:
    limits = limits or Limits()
    path.write_bytes(data)
    info = inspect(path, limits)
    return list(render(path, info.media_type, 1, info.pages, limits))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_lossless_formats_give_the_same_pixels(tmp_path: Path, kind: str) -> None:
    image = samples.noise()
    options = {"lossless": True} if kind == "WEBP" else {}
    (page,) = read(tmp_path / "a", samples.encode(image, kind, **options))
    assert np.array_equal(page.image, samples.pixels(image))


def test_jpeg(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a", samples.encode(samples.marked_image(), "JPEG"))
    assert page.image.shape == (32, 48, 3)
    assert page.image[2, 2].max() < 60 < page.image[2, 40].min()


def test_heic(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a", samples.HEIC)
    assert page.image.shape == (48, 64, 3)
    assert page.image[20, 10, 0] > 150 > page.image[20, 10, 1]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    data = samples.encode(samples.marked_image(), "PNG", exif=exif)
    (page,) = read(tmp_path / "a.png", data)
    with Image.open(tmp_path / "a.png") as image:
        wanted = samples.pixels(ImageOps.exif_transpose(image))
    assert np.array_equal(page.image, wanted)


def test_tiff_orientation_is_applied_once(tmp_path: Path) -> None:
    data = samples.encode(samples.marked_image(), "TIFF", tiffinfo={274: 6})
    (page,) = read(tmp_path / "a", data)
    assert page.image.shape == (48, 32, 3)
    assert page.image[2, 30].max() == 0  # the corner went to the top right


def test_each_frame_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "lime", "blue")]
    data = samples.encode(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    pages = read(tmp_path / "a", data)
    assert [page.number for page in pages] == [1, 2, 3]
    assert [int(page.image[0, 0].argmax()) for page in pages] == [0, 1, 2]


def test_a_range_of_tiff_frames(tmp_path: Path) -> None:
    frames = [Image.new("L", (40, 30), shade) for shade in (0, 50, 100, 150)]
    path = tmp_path / "a"
    path.write_bytes(samples.encode(frames[0], "TIFF", save_all=True, append_images=frames[1:]))
    pages = list(render(path, "image/tiff", 2, 3))
    assert [(page.number, int(page.image[0, 0, 0])) for page in pages] == [(2, 50), (3, 100)]


def test_animated_webp_is_one_page(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "blue")]
    data = samples.encode(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    assert len(read(tmp_path / "a", data)) == 1


def test_transparent_parts_are_white_paper(tmp_path: Path) -> None:
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    image.putpixel((3, 3), (0, 0, 0, 255))
    (page,) = read(tmp_path / "a", samples.encode(image, "PNG"))
    assert page.image[10, 10].tolist() == [255, 255, 255]
    assert page.image[3, 3].tolist() == [0, 0, 0]


def test_transparent_palette_colour_is_white_paper(tmp_path: Path) -> None:
    image = samples.marked_image().convert("P", palette=Image.Palette.ADAPTIVE, colors=2)
    black = image.getpixel((0, 0))
    (page,) = read(tmp_path / "a", samples.encode(image, "PNG", transparency=black))
    assert page.image.min() == 255


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK"])
def test_colour_modes_keep_black_on_white(tmp_path: Path, mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    (page,) = read(tmp_path / "a", samples.encode(samples.marked_image(mode), kind))
    assert page.image[2, 2].max() < 10
    assert page.image[30, 40].min() > 245


def test_16_bit_grey_is_scaled_not_clipped(tmp_path: Path) -> None:
    levels = np.array([[0, 16384, 32768, 65535]] * 4, np.uint16)
    (page,) = read(tmp_path / "a", samples.encode(Image.fromarray(levels), "PNG"))
    assert np.allclose(page.image[0, :, 0], [0, 63, 127, 255], atol=1)


def test_resolution_from_metadata(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a", samples.encode(samples.marked_image(), "PNG", dpi=(300, 300)))
    assert page.dpi == pytest.approx(300, abs=0.5)


@pytest.mark.parametrize("dpi", [1, 72000])
def test_implausible_resolution_is_unknown(tmp_path: Path, dpi: int) -> None:
    (page,) = read(tmp_path / "a", samples.encode(samples.marked_image(), "PNG", dpi=(dpi, dpi)))
    assert page.dpi == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
@pytest.mark.parametrize("part", [0.5, 0.95])
def test_cut_off_file_is_truncated(tmp_path: Path, kind: str, part: float) -> None:
    data = samples.encode(samples.noise(), kind)
    with pytest.raises(TruncatedFile, match="complete file"):
        read(tmp_path / "a", data[: int(len(data) * part)])


def test_cut_off_heic_is_truncated(tmp_path: Path) -> None:
    with pytest.raises(TruncatedFile):
        read(tmp_path / "a", samples.HEIC[:-20])


def test_cut_off_second_frame_is_truncated(tmp_path: Path) -> None:
    frames = [samples.noise(), samples.noise()]
    data = samples.encode(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    with pytest.raises(TruncatedFile):
        read(tmp_path / "a", data[:-2000])


def test_whole_file_with_broken_content_is_damaged(tmp_path: Path) -> None:
    data = bytearray(samples.encode(samples.noise(), "PNG"))
    at = data.index(b"IDAT") + 40
    data[at : at + 400] = bytes(400)
    with pytest.raises(DamagedFile, match="upload the new file"):
        read(tmp_path / "a", bytes(data))


def test_pixel_flood_is_refused_by_its_header(tmp_path: Path) -> None:
    with pytest.raises(TooManyPixels, match="300 dpi"):
        read(tmp_path / "a", samples.png_header_only(60_000, 60_000))


def test_pixel_flood_in_a_later_frame_is_refused(tmp_path: Path) -> None:
    frames = [Image.new("1", (40, 30)), Image.new("1", (400, 300))]
    data = samples.encode(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    with pytest.raises(TooManyPixels):
        read(tmp_path / "a", data, Limits(max_pixels=10_000))


def test_too_many_frames(tmp_path: Path) -> None:
    frames = [Image.new("1", (8, 8)) for _ in range(4)]
    data = samples.encode(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    with pytest.raises(TooManyPages, match="at most 3"):
        read(tmp_path / "a", data, Limits(max_pages=3))


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "RGBA"])
def test_large_page_is_scaled_down(tmp_path: Path, mode: str) -> None:
    image = samples.marked_image(mode).resize((480, 320))
    data = samples.encode(image, "PNG", dpi=(300, 300))
    (page,) = read(tmp_path / "a", data, Limits(output_pixels=38_400))
    assert page.image.shape == (160, 240, 3)
    assert page.image[5, 5].max() < 30
    assert page.dpi == pytest.approx(150, abs=1)
