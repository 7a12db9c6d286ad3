def is_safe(rows, row):
    n = len(rows)
    for i in range(n):
        distance = rows[i] - row
        if distance == 0 or distance == n - i or distance == i - n:
            return False
    return True


def place(rows, n):
    if len(rows) == n:
        return 1
    count = 0
    for row in range(n):
        if is_safe(rows, row):
            count += place(rows + [row], n)
    return count


def main():
    print(place([], 9))


main()
