# Writes until there is no room left, and does not expect that.
for number in range(64):
    with open(f"/tmp/filler{number}", "wb") as out:
        for _ in range(60):
            out.write(b"x" * (1 << 20))
