# Respostas HTTP.
response-right = { $responses ->
    [1] a resposta está inteira e como esperado
   *[other] todas as { $responses } respostas estão inteiras e como esperado
}

http-no-status-line = a resposta { $number } ao cliente { $client } não começa com uma linha de status, e sim com “{ $got }”
http-status-text = a linha de status para o cliente { $client } termina depois do código: “{ $got }”
http-bad-header = a resposta { $number } ao cliente { $client } tem no cabeçalho uma linha que não é um campo: “{ $line }”
http-head-too-long = o cabeçalho da resposta { $number } ao cliente { $client } tem mais de { $bytes } bytes
http-no-head-end = nenhuma linha vazia termina o cabeçalho da resposta { $number } ao cliente { $client }: “{ $got }”
http-bare-newline = as linhas do cabeçalho da resposta a { $request } (cliente { $client }) terminam só com \n
http-status = a resposta a { $request } (cliente { $client }) é “{ $got }” em vez de { $wanted }
http-header-missing = a resposta a { $request } (cliente { $client }) não tem o campo { $header } (esperado: { $wanted })
http-header-other = a resposta a { $request } (cliente { $client }) tem { $header }: “{ $got }” em vez de { $wanted }
http-header-twice = a resposta a { $request } (cliente { $client }) tem o campo { $header } duas vezes
http-head-twice = o corpo da resposta a { $request } (cliente { $client }) começa com outro cabeçalho: o cabeçalho foi enviado duas vezes
http-empty-line-twice = o corpo da resposta a { $request } (cliente { $client }) começa com um fim de linha: há uma linha vazia a mais depois do cabeçalho
http-bad-length = a resposta { $number } ao cliente { $client } tem um Content-Length inválido: “{ $value }”
http-length-missing = a resposta { $number } ao cliente { $client } não tem Content-Length, e a conexão ficou aberta: o cliente não tem como saber onde o corpo termina
http-length-too-big = o Content-Length da resposta { $number } ao cliente { $client } é { $length }, mas o corpo só tem { $bytes } bytes
http-length-in-characters = o Content-Length da resposta a { $request } (cliente { $client }) é { $length }, o número de caracteres; o corpo tem { $bytes } bytes
http-body-extra = depois dos { $of } bytes do corpo que responde a { $request } (cliente { $client }), { $bytes ->
    [1] veio mais 1 byte
   *[other] vieram mais { $bytes } bytes
}: “{ $extra }”
http-body-short = o corpo da resposta { $number } ao cliente { $client } terminou depois de { $got } dos { $of } bytes que o Content-Length promete
http-body-missing = a resposta a { $request } (cliente { $client }) não tem corpo; eram esperados { $of } bytes
http-body-cut = o corpo da resposta a { $request } (cliente { $client }) são só os primeiros { $got } de { $of } bytes do arquivo
http-body-decoded = o corpo da resposta a { $request } (cliente { $client }) não são os bytes do arquivo: bytes a partir de 128 foram decodificados como texto
http-body-newlines = o corpo da resposta a { $request } (cliente { $client }) tem outros fins de linha que o arquivo: ele foi lido ou escrito em modo texto
http-body-differs = o corpo da resposta a { $request } (cliente { $client }) não é o arquivo: { $got } bytes em vez de { $of }, ou com outro conteúdo
http-body-without = o corpo da resposta a { $request } (cliente { $client }) não contém “{ $wanted }”: “{ $got }”
http-body-has = o corpo da resposta a { $request } (cliente { $client }) contém “{ $text }”, o que não pode acontecer
http-body-other-hash = o corpo da resposta a { $request } (cliente { $client }), de { $bytes } bytes, tem outro SHA-256 que o esperado
http-body-not-empty = a resposta a { $request } (cliente { $client }) tem um corpo de { $bytes } bytes onde não se esperava nenhum: “{ $got }”
http-bad-chunk = os blocos (chunks) da resposta { $number } ao cliente { $client } estão malformados
http-last-chunk-missing = o corpo da resposta { $number } ao cliente { $client } não tem o último bloco (chunk de tamanho 0)
http-head-body = { $bytes ->
    [1] 1 byte vem
   *[other] { $bytes } bytes vêm
} depois do cabeçalho de uma resposta a HEAD (cliente { $client }): “{ $extra }”
http-further-response = o cliente { $client } recebeu mais uma resposta, que nenhuma requisição pediu: “{ $extra }”
http-early = o cliente { $client } recebeu “{ $got }” antes de ter enviado o cabeçalho inteiro da requisição
http-unanswered = a requisição { $number } na conexão do cliente { $client } ficou sem resposta, embora o servidor tenha mantido a conexão aberta
http-closed-unannounced = o servidor fechou a conexão do cliente { $client } depois da resposta { $number }, sem avisar
http-left-open = o servidor deixou aberta a conexão do cliente { $client } depois da resposta { $number }
http-announced-open = a resposta { $number } ao cliente { $client } avisa que a conexão será fechada, mas o servidor a deixou aberta
http-too-much = o cliente { $client } recebeu muito mais do que uma resposta precisa: { $bytes } bytes nem foram guardados

hint-http-status-line = comece cada resposta com uma linha como "HTTP/1.1 200 OK\r\n": versão, espaço, código, espaço, texto
hint-http-header-line = escreva cada campo do cabeçalho como "Nome: valor\r\n", sem espaço antes dos dois-pontos, e uma linha vazia ("\r\n") depois do último
hint-http-empty-line = termine o cabeçalho com exatamente uma linha vazia: o último campo, "\r\n", e mais um "\r\n"; depois vem o corpo
hint-http-line-ending = termine a linha de status e cada campo com "\r\n", e também a linha vazia; print e println só escrevem "\n"
hint-http-status = 200 se o arquivo existe, 404 se não existe, 405 ou 501 para um método que o servidor não oferece
hint-http-header = acrescente o campo ao cabeçalho; escolha o Content-Type pela extensão do arquivo
hint-http-once = envie uma resposta por requisição: o cabeçalho uma vez, cada campo uma vez, e depois o corpo uma vez
hint-http-length = envie Content-Length com o número exato de bytes do corpo, ou feche a conexão depois dele
hint-http-length-in-bytes = conte bytes, não caracteres: codifique o texto primeiro, e use o tamanho do resultado
hint-http-send-all = leia o arquivo inteiro e envie tudo: send pode aceitar só uma parte (use sendall, ou send em um laço), e só feche depois
hint-http-body = envie o conteúdo do arquivo depois da linha vazia
hint-http-binary = abra os arquivos em modo binário ("rb") e envie os bytes sem mudança: não decodifique nem codifique
hint-http-outside = decodifique o caminho, resolva os ".." dele, e responda 404 ou 403 se o resultado não estiver dentro da pasta dos arquivos
hint-http-no-body = responda a HEAD só com o cabeçalho, com os mesmos campos que para GET
hint-http-chunks = cada bloco é o seu tamanho em hexadecimal, "\r\n", os dados, "\r\n"; o último é "0\r\n\r\n"
hint-http-read-head = um recv pode retornar só uma parte da requisição: leia em um laço até chegar "\r\n\r\n", e só então responda
hint-http-next-request = HTTP/1.1 mantém as conexões abertas: depois de uma resposta, leia a próxima requisição em um laço, ou envie "Connection: close" e feche
hint-http-close = um servidor que fecha depois de uma resposta avisa com "Connection: close"; e quem avisa, ou recebe esse pedido, fecha
http-body-cut-at-nul = o corpo da resposta a { $request } (cliente { $client }) termina antes do primeiro byte zero do arquivo: { $got } de { $of } bytes
hint-http-byte-count = strlen, %s e as outras funções de texto param em um byte zero: envie tantos bytes quantos fread ou read retornou e use esse número também em Content-Length
