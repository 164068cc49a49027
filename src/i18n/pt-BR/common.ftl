# Usadas por todos os módulos: pontos, tempos.
# Onde só 1 é singular, escreve-se `[1]` e não `[one]`: em português `[one]` inclui o 0.

points = { $of ->
    [1] { $earned }/{ $of } ponto
   *[other] { $earned }/{ $of } pontos
}
milliseconds = { $n } ms
seconds = { $whole },{ $tenth } s
