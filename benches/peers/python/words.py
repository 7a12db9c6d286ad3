def main():
    names = ["ash", "birch", "cedar", "elm", "fir", "hazel", "maple", "oak", "pine", "willow"]
    text = ""
    for i in range(400_000):
        text += names[(i * 7 + i // 3) % 10] + " "
    counts = {}
    for word in text.split(" "):
        if word != "":
            counts[word] = counts.get(word, 0) + 1
    print(",".join(f"{name}={counts[name]}" for name in sorted(counts)))


main()
