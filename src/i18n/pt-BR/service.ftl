# Serviços de CI e plataformas de correção: saída automática, formatos e arquivos.

# Markdown e anotações.
markdown-item = item
markdown-points = pontos
markdown-cut = { $n ->
    [1] 1 parte ficou de fora:
   *[other] { $n } partes ficaram de fora:
} o limite é { $kib } KiB
github-more-failed = { $n ->
    [1] e mais 1 item falhou
   *[other] e mais { $n } itens falharam
}: { $items }
github-more-errors = { $n ->
    [1] e mais 1 item teve erro do socklab
   *[other] e mais { $n } itens tiveram erro do socklab
}: { $items }

# Saída automática.
service-wrote = execução em { $service }: gravado { $what } (desative com --no-ci)
service-took = execução em { $service }: a entrega é “{ $path }” (desative com --no-ci)
service-summary = o resumo do job
service-annotations = anotações
service-file = “{ $file }”

# socklab init --ci and --devcontainer
service-wheel-note = edite a linha marcada com CHANGE-ME: o endereço, ou o caminho neste repositório, de onde o serviço instala o wheel do socklab { $version }
