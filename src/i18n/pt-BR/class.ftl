# A página de uma turma.

class-heading = { $lab }: { $n ->
    [1] 1 entrega
   *[other] { $n } entregas
}
class-anonymous = Sem nomes: cada entrega tem um número, e os textos escritos pelo autor foram omitidos.
class-skip = Ir para a tabela

class-fact-submissions = entregas
class-fact-perfect = com todos os itens certos
class-fact-middle = mediana da turma
class-fact-not-run = não puderam ser executadas

class-again = O que retomar em aula
class-again-none = Nenhuma entrega errou um item.
class-sound = Sem erros:
class-unproved = Nenhuma entrega passou nem falhou:
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
class-count-error = ! { $n } com erro do socklab
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
class-spread-about = Distribuição das notas.

class-table = Entregas e itens
class-table-about = Passe o mouse sobre uma célula para ver a causa; clique para fixar. Clique em um título para ordenar.
class-no-script = Clique em um nome para abrir a página da entrega, com as causas.
class-search = Nome
class-item = Item
class-any-item = qualquer
class-verdict = Veredito
class-any-verdict = qualquer
class-from = Pontos de
class-to = até
class-reset = Mostrar tudo
class-previous = Anteriores
class-next = Próximas
class-further = As outras entregas:
class-back = Voltar à turma
class-shown = mostradas
class-none-shown = (nenhum resultado)
class-submission = Entrega
class-points = Pontos
class-rate = passaram, %
class-open = a página da entrega
class-pass = passou
class-fail = falhou
class-not-verified = não verificado: nunca conta como certo
class-error = erro do socklab, não do programa
class-not-submitted = não entregue
class-waits = depende de um item que não passou

class-footer = socklab { $version } · { $stage } · semente { $seed }
class-stage-isolated = cada programa em seu próprio ambiente isolado
class-stage-plain = os programas rodaram na própria rede desta máquina

# A linha de comando.
cli-pages-folder = as páginas de uma turma são gravadas em uma pasta: indique-a com --output
cli-pages-not-ours = “{ $folder }” já existe e não foi gravada pelo socklab: não será substituída
cli-pages-anonymous = --anonymous exige --format html
cli-pages-written = { $n ->
    [1] 1 entrega: abra { $index }
   *[other] { $n } entregas: abra { $index }
}
