# A página de uma turma.

class-heading = { $lab }: { $n ->
    [1] 1 entrega
   *[other] { $n } entregas
}
class-anonymous = Sem nomes: cada entrega tem um número no lugar, e o que o autor escreveu foi omitido.
class-skip = Ir para a tabela

class-fact-submissions = entregas
class-fact-perfect = com todos os itens certos
class-fact-middle = pontos no meio da turma (mediana)
class-fact-not-run = não puderam ser executadas

class-again = Para ensinar de novo
class-again-none = Ninguém errou um item.
class-sound = Ninguém errou:
class-unproved = Ninguém acertou nem errou:
class-passed = { $rate } % passaram
class-count-pass = ✓ { $n ->
    [1] 1 passou
   *[other] { $n } passaram
}
class-count-fail = ✗ { $n ->
    [1] 1 falhou
   *[other] { $n } falharam
}
class-count-not-verified = ? { $n ->
    [1] 1 não verificado
   *[other] { $n } não verificados
}
class-count-error = ! { $n } com problema do socklab
class-show = mostrar
class-example = por exemplo:
class-more = { $n ->
    [1] mais 1 causa
   *[other] mais { $n } causas
}
class-more-items = { $n ->
    [1] mais 1 item
   *[other] mais { $n } itens
}

class-spread = Pontos
class-spread-about = Quantas entregas ganharam quanto dos seus pontos.

class-table = Entregas e itens
class-table-about = Aponte para uma célula para ver a causa, clique para mantê-la. Um título ordena.
class-no-script = Um nome leva à página da entrega, que conta as causas.
class-search = Nome
class-item = Item
class-any-item = qualquer
class-verdict = Veredito
class-any-verdict = qualquer
class-from = Pontos de
class-to = até
class-reset = Mostrar tudo
class-shown = mostradas
class-none-shown = (nada corresponde)
class-submission = Entrega
class-points = Pontos
class-rate = passaram, %
class-open = a página da entrega
class-pass = passou
class-fail = falhou
class-not-verified = não verificado: nunca conta como certo
class-error = problema do socklab, não do programa

class-footer = socklab { $version } · { $stage } · semente { $seed }
class-stage-isolated = cada programa em namespaces próprios
class-stage-plain = os programas rodaram na própria rede desta máquina

# A linha de comando.
cli-pages-folder = as páginas de uma turma vão para uma pasta: diga qual com --output
cli-pages-not-ours = "{ $folder }" já existe e não tem páginas do socklab: fica como está
cli-pages-anonymous = --anonymous vale para --format html
cli-pages-written = { $n ->
    [1] 1 entrega: abra { $index }
   *[other] { $n } entregas: abra { $index }
}
