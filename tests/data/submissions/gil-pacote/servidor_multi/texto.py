def grito(dados):
    return dados.uppercase()
