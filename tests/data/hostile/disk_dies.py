# Writes until the disk limit is reached and crashes on the error.
for number in range(64):
    with open(f"/tmp/filler{number}", "wb") as out:
        for _ in range(60):
            out.write(b"x" * (1 << 20))
