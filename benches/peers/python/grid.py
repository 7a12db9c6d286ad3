def main():
    n = 64
    grid = [[(x * 7 + y * 13 + x * y * y) % 5 < 2 for x in range(n)] for y in range(n)]
    for _ in range(30):
        following = [list(row) for row in grid]
        for y in range(n):
            for x in range(n):
                alive = 0
                for dy in (-1, 0, 1):
                    for dx in (-1, 0, 1):
                        if (dx != 0 or dy != 0) and grid[(y + dy + n) % n][(x + dx + n) % n]:
                            alive += 1
                following[y][x] = alive == 3 or (alive == 2 and grid[y][x])
        grid = following
    print(sum(cell for row in grid for cell in row))


main()
