from functools import reduce


def main():
    numbers = list(range(200000))
    total = 0
    for turn in range(1, 6):
        made = list(map(lambda n: n * 3 + turn, numbers))
        kept = list(filter(lambda n: n % 2 == 0, made))
        total += reduce(lambda a, n: a + n, kept, 0)
    print(total)


main()
