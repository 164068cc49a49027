# O que esta máquina pode e não pode: as frases de `socklab doctor` e das evidências que faltam.

# O palco.
doctor-stage-isolated = aqui os programas rodam em um ambiente isolado: com namespaces e rede próprios
doctor-stage-plain = não há ambiente isolado: os programas rodam diretamente na rede desta máquina
doctor-plain-means = por isso os pacotes e os itens com duas máquinas não são verificados aqui; as chamadas de sistema são, se puderem ser observadas (veja abaixo)
doctor-plain-means-captured = por isso os itens com duas máquinas não são verificados aqui; os pacotes são capturados, só os das portas dos servidores, e as chamadas de sistema são observadas onde isso é possível (abaixo)
doctor-because = motivo: { $problem }
doctor-needs-sandbox = exige o ambiente isolado (veja acima)
doctor-refused = { $answer }, ao { $deed }
doctor-as-it-came = { $text }
doctor-no-bound = este kernel não lista sockets com bind

# O que se fazia.
doctor-deed-namespaces = criar namespaces
doctor-deed-user = mapear o usuário num namespace
doctor-deed-fork = iniciar um processo
doctor-deed-nobody = mudar para um usuário sem privilégios
doctor-deed-name = definir o nome da máquina
doctor-deed-mount = montar um sistema de arquivos no ambiente isolado
doctor-deed-limit = limitar o número de processos
doctor-deed-network = ativar a interface loopback
doctor-deed-packet-socket = abrir um socket de pacotes
doctor-deed-table = ler a tabela de sockets
doctor-deed-bind = fazer o bind de um socket
doctor-deed-pidfd = abrir um pidfd
doctor-deed-notify = pedir a notificação de chamadas de sistema
doctor-deed-memory-group = criar um cgroup com limite de memória
doctor-deed-probe = iniciar o processo de teste

# O que o kernel respondeu.
doctor-answer-permission = operação não permitida (EPERM)
doctor-answer-denied = permissão negada (EACCES)
doctor-answer-no-more = limite atingido (ENOSPC)
doctor-answer-unknown = não suportado pelo kernel (ENOSYS)
doctor-answer-invalid = recusado pelo kernel (EINVAL)
doctor-answer-missing = não existe (ENOENT)
doctor-answer-read-only = somente leitura (EROFS)
doctor-answer-for-now = recurso temporariamente indisponível (EAGAIN)
doctor-answer-memory = memória insuficiente (ENOMEM)

# O que se experimenta.
doctor-namespaces = um ambiente isolado sem root (namespaces)
doctor-own-proc = um /proc separado dentro do ambiente isolado
doctor-packet-socket = sockets de pacotes dentro do ambiente isolado
doctor-capture = pacotes das portas dos servidores no loopback desta própria máquina, sem área isolada
doctor-pid-max = um limite de processos para cada ambiente isolado
doctor-sock-diag = a tabela de sockets do kernel
doctor-bound-inactive = sockets TCP com bind e sem listen, na tabela de sockets
doctor-pidfd = descritores de processo (pidfd)
doctor-seccomp-notify = observar chamadas de sistema (seccomp user notification)
doctor-memory-group = um limite do kernel para a memória de todos os programas de uma execução juntos (cgroup)
doctor-other = outra capacidade desta máquina
doctor-open-files = { $files ->
    [1] um processo pode ter 1 arquivo aberto por vez
   *[other] um processo pode ter { $files } arquivos abertos por vez
}

# O que permitiria.
doctor-remedy-max-namespaces = solução: sudo sysctl -w user.max_user_namespaces=15000
doctor-remedy-userns-clone = solução: sudo sysctl -w kernel.unprivileged_userns_clone=1
doctor-remedy-apparmor = solução: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
doctor-remedy-container = solução: inicie o contêiner com docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined
doctor-remedy-capture = solução: execute o socklab como root (ele abre a captura e depois inicia os programas como nobody)
doctor-remedy-kernel-pid-max = solução: Linux 6.14 ou mais novo (até lá, outros limites controlam o número de processos)
doctor-remedy-kernel-bound = solução: Linux 6.8 ou mais novo (até lá, um servidor que esquece o listen aparece como um que não abre nada)
doctor-remedy-memory-group = solução: systemd-run --user --scope -p Delegate=yes socklab … (até lá, o socklab soma a memória dos programas e não vê pipes e sockets cheios)
doctor-remedy-none = nenhuma configuração conhecida pelo socklab mudaria isto

# Por que algo não foi observado, nos relatórios.
stage-plain = não há ambiente isolado aqui, e os programas rodaram na rede desta própria máquina: { $problem }
stage-denied = esta máquina não permite o modo de execução que foi pedido: { $problem }
needs-another = depende de { $item }, que não passou
gap-socket-table = não foi possível ler a tabela de sockets do kernel: { $problem }
gap-closed = o programa (processo { $process }) não permite ser inspecionado, e por isso não se sabe quais sockets são dele: retire prctl(PR_SET_DUMPABLE), ou torne o arquivo legível (chmod u+r)
gap-32-bit = { $program } é um programa de 32 bits, que não pode ser observado aqui: compile-o para esta máquina (sem -m32)
gap-hidden-program = o programa executa { $program }, que não faz parte da entrega: nada foi verificado
gap-fenced = o programa se conecta à porta { $port }, que ele mesmo atende: onde os programas não rodam isolados, eles só podem se conectar às portas do laboratório, e por isso nada dele foi verificado (socklab doctor diz como permitir o isolamento)
gap-ipv6 = o servidor só atende IPv6 ({ $at }), e o enlace entre as duas máquinas é IPv4: faça o bind em 127.0.0.1 ou 0.0.0.0 para que isso seja verificado
gap-target = o servidor está em outra máquina, e só ela vê os sockets e o processo dele: lá, use ss -tulnp para vê-los e socklab run para verificá-los
gap-calls = não foi possível observar as chamadas de sistema: { $problem }
gap-packets = não foi possível capturar os pacotes: { $problem }
gap-packets-plain = sem isolamento, só o root, ou quem tem a capacidade CAP_NET_RAW, captura pacotes, e não foi o caso (socklab doctor diz o que esta máquina permite)
gap-packets-dropped = a captura está incompleta: { $count ->
    [1] 1 pacote foi descartado
   *[other] { $count } pacotes foram descartados
}
gap-no-hosts = duas máquinas exigem namespaces, que esta execução não teve (veja socklab doctor)
gap-target-packets = os pacotes passam por uma rede real: capture-os com o Wireshark (filtro: tcp.port == { $port }) e execute “socklab analyze ARQUIVO --port { $port }”
gap-stands-in = nenhum servidor remoto foi entregue; foi usado o de { $role }, mas ele está associado a { $at }, que outras máquinas não alcançam: dê um programa que faça bind em 0.0.0.0 (--server remote='…', ou “remote:” no socklab.yaml)
note-others = além dos clientes deste cenário, { $count ->
    [1] outro processo desta máquina
   *[other] { $count } outros desta máquina
} enviou algo para a porta do servidor: esses pacotes não são avaliados nem guardados

sandbox-shows = O que um ambiente isolado mostra desta máquina, só para leitura:
sandbox-system = o sistema: { $places }
sandbox-tools = as ferramentas do seu PATH: { $places }
sandbox-devices = dispositivos: { $places }, e terminais próprios
sandbox-etc = /etc: { $places }
sandbox-etc-what = o que compiladores, interpretadores e bibliotecas leem; nenhuma lista de usuários, nenhuma chave
sandbox-writable = para escrita, vazio no início, em memória: { $places }
sandbox-nothing-else = Nada mais está lá: nenhum outro arquivo, nenhum socket unix ou FIFO da máquina, nenhum terminal, nenhum disco.
sandbox-network = A rede é própria: só o loopback. Nada de fora pode ser alcançado, e nada de fora chega a ela.
sandbox-calls = Chamadas de sistema são negadas como fazem os contêineres: chaves, io_uring, bpf, perf, montagens, namespaces, famílias exóticas de sockets e tudo sobre processos que não são da entrega (EPERM; ficam registradas).
sandbox-bounds = Limites de cada cenário: 400 processos e threads, de 1 a 3 GiB de memória (segmentos System V: 256 MiB), 60 s de processador por processo, 64 MiB por arquivo, 256 MiB em cada pasta de escrita. Um programa que passa de um limite é encerrado, e o item diz qual foi.
sandbox-plain = Onde a máquina não permite um ambiente isolado, --stage plain executa os programas na própria máquina: o Landlock os mantém longe de arquivos fora dos do sistema e da própria pasta, e a lista de chamadas negadas é maior (sockets unix, objetos System V, mudanças de modo e de data de outros arquivos).
