# Serviços de CI e plataformas de correção: o que é escrito para eles por si só, seus formatos e seus arquivos.

# Markdown e anotações.
markdown-item = item
markdown-points = pontos
markdown-cut = { $n ->
    [1] 1 parte ficou de fora, pois
   *[other] { $n } partes ficaram de fora, pois
} só cabiam { $kib } KiB:
github-more-failed = { $n ->
    [1] e mais 1 item falhou
   *[other] e mais { $n } itens falharam
}: { $items }
github-more-errors = { $n ->
    [1] e o socklab teve problema com mais 1 item
   *[other] e o socklab teve problema com mais { $n } itens
}: { $items }

# O que foi escrito por si só.
service-wrote = { $service } foi detectado: escrito { $what } (--no-ci desliga isso)
service-took = { $service } foi detectado: a entrega é “{ $path }” (--no-ci desliga isso)
service-summary = o resumo do passo
service-annotations = anotações
service-file = “{ $file }”

# socklab init --ci
service-ci-note = ponha nele onde o seu curso guarda o socklab: a linha que diz CHANGE-ME
