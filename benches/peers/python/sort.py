def sort(items, low, high):
    if low >= high:
        return
    pivot, i, j = items[(low + high) // 2], low, high
    while i <= j:
        while items[i] < pivot:
            i += 1
        while items[j] > pivot:
            j -= 1
        if i <= j:
            items[i], items[j] = items[j], items[i]
            i, j = i + 1, j - 1
    sort(items, low, j)
    sort(items, i, high)


def main():
    x, items = 42, []
    for _ in range(150000):
        x = (x * 16807) % 2147483647
        items.append(x)
    sort(items, 0, len(items) - 1)
    print(items[0], items[74999])


main()
