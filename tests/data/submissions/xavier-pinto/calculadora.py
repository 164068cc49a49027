def soma(a, b):
    return a + b

if __name__ == "__main__":
    print(soma(2, 3))
