def main():
    x = 42
    words = []
    for _ in range(1000000):
        x = (x * 16807) % 2147483647
        words.append("w" + str(x % 5000))
    text = " ".join(words)
    parts = text.split(" ")
    joined = ", ".join(parts)
    print(len(text), len(parts), len(joined))


main()
