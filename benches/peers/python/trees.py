def make(depth):
    return () if depth == 0 else (make(depth - 1), make(depth - 1))


def count(tree):
    return 1 if not tree else count(tree[0]) + count(tree[1]) + 1


def main():
    total = 0
    for _ in range(8):
        total += count(make(14))
    print(total)


main()
