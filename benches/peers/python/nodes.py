class Node:
    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right


def make(depth):
    if depth == 0:
        return Node(1)
    return Node(depth, make(depth - 1), make(depth - 1))


def total(node):
    found = node.value
    if node.left is not None:
        found += total(node.left)
    if node.right is not None:
        found += total(node.right)
    return found


def main():
    print(sum(total(make(14)) for _ in range(10)))


main()
