def main():
    counts = {}
    x = 7
    for _ in range(1000000):
        x = (x * 16807) % 2147483647
        key = "key " + str(x % 1000)
        counts[key] = counts.get(key, 0) + 1
    print(len(counts), counts["key 7"])


main()
