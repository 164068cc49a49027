# A página de uma turma.

class-heading = { $lab } · { $n ->
    [1] 1 entrega
   *[other] { $n } entregas
}
class-graded = { $kind ->
    [one] avaliada em { $first } (UTC)
   *[several] avaliada de { $first } a { $last } (UTC)
}
class-counts-about = Cada linha da tabela é uma entrega. Um item só conta como certo se foi provado; itens não entregues, que dependem de outro item ou que não puderam ser observados não contam nem como certos nem como errados. “Passaram, %” é a parcela de todas as entregas.
class-anonymous = Sem nomes: cada entrega tem um número, e os textos escritos pelo autor foram omitidos.
class-skip = Ir para a tabela

class-fact-submissions = entregas
class-fact-perfect = com todos os itens certos
class-fact-middle = { $n ->
    [1] pontos da única com programa
   *[other] mediana das { $n } com programa
}
class-fact-without = sem programa
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
class-count-not-submitted = – { $n ->
    [1] 1 não entregue
   *[other] { $n } não entregues
}
class-count-waits = · { $n ->
    [1] 1 depende de outro
   *[other] { $n } dependem de outro
}
class-count-unobserved = ○ { $n ->
    [1] 1 não observado
   *[other] { $n } não observados
}
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
class-spread-about = { $n ->
    [1] Nota da única entrega com programa.
   *[other] Distribuição das notas das { $n } entregas com programa.
}

class-table = Entregas e itens
class-table-about = Passe o mouse sobre uma célula ou toque nela para ver a causa; clique para fixar. Clique em um título para ordenar.
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
class-unobserved = não pôde ser observado
class-documented = respondido no relatório
class-written = relatório
class-by-hand = à mão

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
