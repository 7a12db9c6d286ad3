def make(n, seed):
    return [[(i * seed + j) % 10 for j in range(1, n + 1)] for i in range(1, n + 1)]


def main():
    n = 120
    a, b, trace = make(n, 3), make(n, 7), 0
    for _ in range(3):
        for i in range(n):
            row = a[i]
            for j in range(n):
                total = 0
                for k in range(n):
                    total += row[k] * b[k][j]
                if i == j:
                    trace += total
    print(trace)


main()
