from servidor import Servidor

if __name__ == "__main__":
    Servidor(65432).executa()
