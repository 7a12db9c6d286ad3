def weight(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(v, turned):
    n = len(v)
    result = []
    for i in range(n):
        found = 0.0
        for j in range(n):
            found += (weight(j, i) if turned else weight(i, j)) * v[j]
        result.append(found)
    return result


def main():
    n = 200
    u = [1.0] * n
    v = u
    for _ in range(5):
        v = times(times(u, False), True)
        u = times(times(v, False), True)
    above = below = 0.0
    for i in range(n):
        above += u[i] * v[i]
        below += v[i] * v[i]
    print(int(above / below * 1_000_000))


main()
