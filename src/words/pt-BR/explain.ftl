# O que o `explain` diz das causas: o que as prova, e o que são os valores em suas frases.

cli-explain-cause = causa
cli-explain-proof = prova

# O que prova uma causa.
proof-delivery = o que foi entregue: os arquivos foram examinados, e os programas iniciados um a um
proof-build = a compilação, feita isoladamente e sem rede, e o primeiro erro que ela deu
proof-refused = o início do comando, que o kernel recusou
proof-start = a tabela de sockets do kernel, consultada até que um processo do servidor tenha um socket; ninguém se conecta para descobrir
proof-end = o fim do processo do servidor, como o kernel o informa, e a última linha que ele imprimiu
proof-limits = o limite em que os processos do servidor foram parados
proof-output = o que o servidor imprimiu, na saída padrão ou na de erros, de que se guardam os primeiros e os últimos 16 KiB
proof-clients = o que os clientes do próprio socklab fizeram e receberam: cada conexão, endereço e byte, e quando
proof-table = um retrato da tabela de sockets do kernel: o estado das duas pontas e quem as possui
proof-packets = todos os pacotes, capturados (capture.pcapng, na pasta de evidências, abre no Wireshark)
proof-calls = as chamadas de sistema do servidor, cada uma retida até ser anotada
proof-again = mais uma execução do mesmo servidor, em que só muda o que se pergunta

# Nomes dos valores nas frases das causas.
placeholder-address = endereço
placeholder-again = quantos
placeholder-answered = quantos
placeholder-asked = chamadas
placeholder-at = endereço
placeholder-accepted = quantas
placeholder-back = quantos
placeholder-backlog = backlog
placeholder-bytes = quantos
placeholder-call = chamada
placeholder-cap = limite
placeholder-client = número
placeholder-client_state = estado
placeholder-clients = quantos
placeholder-code = número
placeholder-count = quantos
placeholder-error = erro
placeholder-expected = o que deveria vir
placeholder-extra = bytes
placeholder-field = número
placeholder-file = arquivo
placeholder-found = protocolo
placeholder-from = endereço
placeholder-got = o que veio
placeholder-local = endereço
placeholder-lost = quantos
placeholder-made = chamadas
placeholder-messages = quantas
placeholder-missing = quantos
placeholder-ms = quantos
placeholder-of = quantos
placeholder-payload = número
placeholder-peer = endereço
placeholder-port = número
placeholder-ports = portas
placeholder-prefix = bytes
placeholder-problem = o que o sistema disse
placeholder-program = nome
placeholder-protocol = protocolo
placeholder-said = linha
placeholder-sent = o que foi enviado
placeholder-server_state = estado
placeholder-state = estado
placeholder-status = como
placeholder-to = endereço
placeholder-waiting = quantas
placeholder-wanted = o que se pede
placeholder-wanted_ports = quantas
