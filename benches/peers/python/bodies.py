import math


class Body:
    __slots__ = ("x", "y", "vx", "vy", "mass")

    def __init__(self, x, y, vx, vy, mass):
        self.x, self.y, self.vx, self.vy, self.mass = x, y, vx, vy, mass


def main():
    bodies = [Body(0.0, 0.0, 0.0, 0.0, 40.0), Body(5.0, 0.0, 0.0, 2.5, 1.0)]
    bodies += [Body(0.0, 9.0, -2.0, 0.0, 2.0), Body(-14.0, 0.0, 0.0, -1.5, 1.0)]
    for _ in range(100000):
        for i in range(len(bodies)):
            a = bodies[i]
            for j in range(i + 1, len(bodies)):
                b = bodies[j]
                dx, dy = a.x - b.x, a.y - b.y
                pull = 0.001 / (dx * dx + dy * dy + 0.01)
                a.vx -= dx * b.mass * pull
                a.vy -= dy * b.mass * pull
                b.vx += dx * a.mass * pull
                b.vy += dy * a.mass * pull
        for a in bodies:
            a.x += 0.001 * a.vx
            a.y += 0.001 * a.vy
    print(math.floor(bodies[0].x * 1000000))


main()
