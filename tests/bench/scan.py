"""How long it takes to read Prisma's language: `python tests/bench/scan.py`.

Within one process; read the last column, the time for a byte against that of plain models.
"""

import statistics
import time

from prisma_combine.psl import scan

MODEL = """\
/// What is kept of thing {0}
model Thing{0} {{
  id        Int       @id @default(autoincrement())
  name      String?   @db.VarChar(255) // "quoted"
  ownerId   Int
  owner     Thing0    @relation("owns{0}", fields: [ownerId], references: [id])
  createdAt DateTime  @default(now()) @map("created_at")

  @@index([ownerId, createdAt])
  @@map("thing{0}")
}}
"""
MEGABYTE = 1 << 20


def _models(count: int) -> str:
    return "\n".join(MODEL.format(number) for number in range(count))


TEXTS = {
    "200 models": _models(200),
    "2,000 models": _models(2_000),
    "20,000 models": _models(20_000),
    **{f"a megabyte of {sign}": sign * MEGABYTE for sign in '/{"}\\('},
    "a megabyte in one line": "model A { " + "a" * MEGABYTE,
    "a megabyte in one attribute": 'model A {\n  a String @default("' + "a" * MEGABYTE + '")\n}\n',
}


def _seconds(text: str) -> float:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        scan(text)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    """Measures, and prints the table."""
    plain = TEXTS["2,000 models"]
    print("| text | bytes | ms | a byte, against plain models |")
    print("| --- | ---: | ---: | ---: |")
    for name, text in TEXTS.items():
        against = _seconds(plain) / len(plain)
        seconds = _seconds(text)
        print(
            f"| {name} | {len(text):,} | {seconds * 1000:.0f} | {seconds / len(text) / against:.2f} |"
        )


if __name__ == "__main__":
    main()
