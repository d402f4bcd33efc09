"""What every long-running process of ours needs; it knows nothing about meters.

``plain_run`` knows a service's command line, ``progress`` notes which parts still move,
``watchdog`` ends a process with a stuck one, ``systemd`` speaks to the service manager,
``health_page`` and ``metrics`` tell people and machines how the process is, ``usage`` what it
costs, ``logs`` writes its lines.
"""
